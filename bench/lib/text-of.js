import { once } from 'node:events';
import http from 'node:http';

/**
 * Asks for one page and reads all of it.
 *
 * @param {string} url
 * @param {http.Agent} agent
 * @returns {Promise<string>}
 */
export async function textOf(url, agent) {
  const request = http.get(url, { agent });
  const [response] = await once(request, 'response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return body;
}
