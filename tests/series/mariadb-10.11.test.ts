import { prove } from "./prove";

prove("mariadb-10.11");
