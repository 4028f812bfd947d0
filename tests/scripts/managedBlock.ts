/** The program's part of an option file: its marks, and what it writes on a passive node. */
export const begin = "# mysql-master-master begin (managed; edits are undone)";
export const end = "# mysql-master-master end";
export const passive = "# role: passive\nread_only=1\nevent_scheduler=OFF\nsuper_read_only=1";
