/** A whole number, 1 or more, from the environment. Throws for another one. */
export function readCount(name: string, byDefault: number, env = process.env): number {
    return readList(name, String(byDefault), env)[0] ?? byDefault;
}

/** Whole numbers, 1 or more, from the environment, with spaces or commas between them. Throws for others. */
export function readList(name: string, byDefault: string, env = process.env): number[] {
    const text = env[name] || byDefault;
    const numbers = text
        .trim()
        .split(/[\s,]+/)
        .map(Number);
    if (!numbers.every((number) => Number.isInteger(number) && number >= 1)) {
        throw new Error(`${name} is '${text}'; give whole numbers, 1 or more, such as ${byDefault}`);
    }
    return numbers;
}
