using Google.Protobuf;

namespace Zoneway.Xds.Grpc;

/// <summary>A bidirectional streaming method: where it is called and which messages it carries.</summary>
/// <param name="ServiceName">Full name of the service, such as <c>envoy.service.discovery.v3.AggregatedDiscoveryService</c>.</param>
/// <param name="Name">Name of the method in the service.</param>
/// <param name="RequestParser">Parser of what the client sends.</param>
/// <param name="ResponseParser">Parser of what the server sends.</param>
internal sealed record Method<TRequest, TResponse>(
    string ServiceName,
    string Name,
    MessageParser<TRequest> RequestParser,
    MessageParser<TResponse> ResponseParser)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    /// <summary>The path of the HTTP/2 request.</summary>
    public string FullName => $"/{ServiceName}/{Name}";
}
