import { prove } from "./prove";

prove("mysql-5.5");
