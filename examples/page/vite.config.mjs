// npx vite examples/page

export default { server: { proxy: { "/network.json": "http://127.0.0.1:10030" } } };
