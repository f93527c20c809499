export * from './http/http-headers.js';
export * from './http/http-request.js';
export * from './http/http-response.js';
export * from './http/template-response.js';
export * from './http/vary.js';
export * from './pipeline/middleware.js';
