import { prove } from "./prove";

prove("mariadb-11.8");
