// Reads what the validating proxy found against Jellyfin's published contract (header `sl-violations`).
//
// Three kinds are the contract's and not ours. Servers write ids as 32 hexadecimal digits without dashes,
// which the document calls uuid. It lists the good answers and 401, 403, 404, but not the 400 of the
// server's inner errors. And where it promises a problem document, servers send a sentence as a JSON string.

const isSpellingOfIds = (one) => one.code === 'format' && one.message.includes('"uuid"');
const isRefusal = (one, status) =>
    status >= 400 &&
    one.location[0] === 'response' &&
    /^Unable to match|^Response body must be object$/.test(one.message);

export class Judge {
    #looks = 0;
    #violations = new Map();

    look(response) {
        const found = response.headers['sl-violations'];
        this.#looks += 1;
        for (const one of found ? JSON.parse(found) : []) {
            if (isSpellingOfIds(one) || isRefusal(one, response.status)) continue;
            const { method, url } = response.config;
            const path = new URL(url).pathname.replace(/[0-9a-f]{32}/g, '{id}');
            const where = `${method.toUpperCase()} ${path} ${response.status}`;
            this.#violations.set(`${where}: ${one.location.join('.')} ${one.message}`, one);
        }
        return response;
    }

    // Fails on anything found; also when nothing was looked at, for then the proxy was not there.
    conclude(isJudged) {
        if (isJudged && this.#looks < 50) throw new Error(`only ${this.#looks} answers were judged`);
        if (this.#violations.size === 0) return;
        throw new Error(`against the contract:\n  ${[...this.#violations.keys()].join('\n  ')}`);
    }

    summary() {
        return ` (${this.#looks} answers)`;
    }
}
