import { prove } from "./prove";

prove("mysql-8.0");
