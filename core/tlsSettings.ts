import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { whyUnread } from "./sshSettings";

/** How the link between the nodes is encrypted. */
export const tlsSchema = z.strictObject({
    require: z.boolean().optional(),
    ca: z.string().min(1).optional(),
    caFile: z.string().min(1).optional(),
    verifyHost: z.boolean().optional(),
});

export interface TlsSettings {
    require?: boolean | undefined;
    /** One or more certificates, PEM. */
    ca?: string;
    verifyHost?: boolean | undefined;
}

/** Reads the CA and sees that it is one. Problems are added to `problems`. */
export function resolveTls(
    raw: z.infer<typeof tlsSchema>,
    readFile: (path: string) => string,
    problems: string[],
): TlsSettings {
    const path = raw.caFile === undefined ? "tls.ca" : "tls.caFile";
    if (raw.ca !== undefined && raw.caFile !== undefined) {
        problems.push("tls: gives both ca and caFile; give one of them");
    }
    if (raw.verifyHost === true && raw.ca === undefined && raw.caFile === undefined) {
        problems.push("tls.verifyHost: needs tls.caFile or tls.ca, the CA that signed the servers' certificates");
    }
    let text = raw.ca;
    if (raw.caFile !== undefined) {
        try {
            text = readFile(raw.caFile);
        } catch (error) {
            problems.push(`${path}: ${whyUnread(raw.caFile, error)}`);
        }
    }
    const ca = text === undefined ? undefined : certificatesOf(text);
    if (text !== undefined && ca === undefined) {
        problems.push(`${path}: is no certificate; expected text between -----BEGIN CERTIFICATE----- and -----END …`);
    }
    const { require, verifyHost } = raw;
    return { require, verifyHost, ...(ca !== undefined && { ca }) };
}

/** The certificates in a text, and nothing else that stands around them (such as a private key); undefined when one is none. */
function certificatesOf(text: string): string | undefined {
    const found = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
    try {
        const certificates = found.map((each) => new X509Certificate(each).toString().trim());
        return certificates.length === 0 ? undefined : certificates.join("\n");
    } catch {
        return undefined;
    }
}
