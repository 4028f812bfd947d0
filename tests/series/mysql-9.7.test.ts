import { prove } from "./prove";

prove("mysql-9.7");
