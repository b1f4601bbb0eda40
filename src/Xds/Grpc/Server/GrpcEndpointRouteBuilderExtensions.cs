using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Zoneway.Xds.Grpc;

/// <summary>gRPC methods as endpoints of a Kestrel server. The listener has to speak HTTP/2; without TLS, HTTP/2 only.</summary>
internal static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>gRPC's usual limit of a received message, in bytes.</summary>
    public const int DefaultMaxReceiveMessageBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Serves a bidirectional streaming method. Response headers go out before the handler runs. Calls end with
    /// <see cref="StatusCode.Unavailable"/> when the application stops, whatever their handlers return then.
    /// </summary>
    /// <param name="endpoints">Where to add it.</param>
    /// <param name="path">Path of the method: <c>/package.Service/Method</c>.</param>
    /// <param name="parser">Parser of the requests.</param>
    /// <param name="handler">Serves one call.</param>
    /// <param name="maxReceiveMessageBytes">Largest request accepted, in bytes; larger ones end the call with <see cref="StatusCode.ResourceExhausted"/>.</param>
    public static IEndpointConventionBuilder MapGrpcDuplex<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints,
        string path,
        MessageParser<TRequest> parser,
        DuplexHandler<TRequest, TResponse> handler,
        int maxReceiveMessageBytes = DefaultMaxReceiveMessageBytes)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(GrpcEndpointRouteBuilderExtensions).Namespace!);
        var endpoint = new DuplexEndpoint<TRequest, TResponse>(parser, handler, maxReceiveMessageBytes, logger);
        return endpoints.MapPost(path, (RequestDelegate)endpoint.InvokeAsync);
    }

    /// <summary>Answers calls of methods that are not served with <see cref="StatusCode.Unimplemented"/>, and other requests with 404.</summary>
    public static IEndpointConventionBuilder MapGrpcFallback(this IEndpointRouteBuilder endpoints) => endpoints.MapFallback("{**path}", static context =>
    {
        if (GrpcHeaders.IsGrpc(context.Request.ContentType))
        {
            GrpcResponse.Refuse(context.Response, new(StatusCode.Unimplemented, "The method is not served here."));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }

        return Task.CompletedTask;
    });
}
