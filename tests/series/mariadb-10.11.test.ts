import { prove } from "./prove";
import { proveFiles } from "./proveFiles";

prove("mariadb-10.11");
proveFiles("mariadb-10.11");
