/** The series of which this release builds pairs: each is proven by `make test-series`, or lies between two that are. */

/** From the first number to below the second; 8.0.22 is 80022. */
const supported: Record<string, [number, number][]> = {
    MySQL: [[50500, 100000]],
    MariaDB: [
        [100500, 100600],
        [101100, 101200],
        [110800, 110900],
    ],
};

export const supportedText = "MySQL 5.5 to 9.x and MariaDB 10.5, 10.11 and 11.8";

export function isSupported(flavour: string, version: number): boolean {
    return (supported[flavour] ?? []).some(([first, end]) => version >= first && version < end);
}
