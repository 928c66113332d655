/** A server on loopback that answers S3's calls as a test says: to misbehave in ways that no real stand-in does. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface FakeS3 {
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Method and query of every request so far, for example `PUT ?partNumber=1`. */
  readonly calls: string[];
  stop(): Promise<void>;
}

export interface FakeCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The bytes of the request. */
  readonly body: Buffer;
  /** `PUT`, or `POST ?uploads` for those that begin, complete or abort a multipart upload. */
  readonly call: string;
}

export async function startFakeS3(answer: (call: FakeCall) => void): Promise<FakeS3> {
  const sockets = new Set<Socket>();
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const query = [...new URL(request.url ?? "", "http://s3").searchParams].filter(([name]) => name !== "x-id");
    const names = query.map(([name, value]) => (name === "partNumber" ? `${name}=${value}` : name)).sort();
    const call = [request.method, ...(names.length > 0 ? [`?${names.join("&")}`] : [])].join(" ");
    calls.push(call);
    const read: Buffer[] = [];
    request.on("data", (bytes: Buffer) => read.push(bytes));
    request.on("error", () => undefined);
    request.on("end", () => answer({ request, response, body: Buffer.concat(read), call }));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    client: {
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
    calls,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An error as S3 words it. */
export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>as the test says</Message></Error>`);
}

/** The answer to CreateMultipartUpload. */
export function begin(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/xml" });
  const result = "<Bucket>bucket</Bucket><Key>key</Key><UploadId>1</UploadId>";
  response.end(`<InitiateMultipartUploadResult>${result}</InitiateMultipartUploadResult>`);
}
