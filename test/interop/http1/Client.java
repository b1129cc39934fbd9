// SPDX-License-Identifier: Apache-2.0

import java.net.URI;
import java.net.http.*;
import java.nio.file.*;
import java.util.Arrays;

/** Echoes through java.net.http, over either version, of known and of unknown length: URL FILE. */
class Client {
  public static void main(String[] args) throws Exception {
    var whole = Files.readAllBytes(Path.of(args[1]));
    for (var version : HttpClient.Version.values()) {
      var client = HttpClient.newBuilder().version(version).build();
      for (var sent : new byte[][] {{}, {'x'}, whole}) {
        for (var isChunked : new boolean[] {false, true}) {
          var body = HttpRequest.BodyPublishers.ofByteArray(sent);
          var request = HttpRequest.newBuilder(URI.create(args[0])).header("content-type", "application/grpc")
              .POST(isChunked ? HttpRequest.BodyPublishers.fromPublisher(body) : body).build();
          var response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
          if (response.statusCode() != 200 || !Arrays.equals(response.body(), sent)) throw new Error(version + " " + response);
        }
      }
    }
    System.out.println("good");
  }
}
