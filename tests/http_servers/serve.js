// Reads the body of each request and answers 200.
const http = require("http");
http
  .createServer((request, response) => {
    request.on("end", () => response.end("hello\n"));
    request.resume();
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
