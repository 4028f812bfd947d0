/** What of a node's server settings ends as lines of its managed block, beside the document's four. */
export interface OptionSettings {
    rowFormat?: boolean | undefined;
    staggerAutoIncrement?: boolean | undefined;
    options?: Record<string, string> | undefined;
}

/** The lines, NAME=VALUE; `offset` is the node's auto_increment_offset. */
export function optionLines(mysql: OptionSettings, offset: number): string[] {
    return [
        ...((mysql.rowFormat ?? true) ? ["binlog_format=ROW"] : []),
        ...((mysql.staggerAutoIncrement ?? true)
            ? ["auto_increment_increment=2", `auto_increment_offset=${offset}`]
            : []),
        ...Object.entries(mysql.options ?? {}).map(([key, value]) => `${key.replaceAll("-", "_")}=${value}`),
    ];
}
