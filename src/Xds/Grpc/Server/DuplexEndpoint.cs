using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Zoneway.Xds.Grpc;

/// <summary>Serves one bidirectional streaming method; returns when the call is over.</summary>
/// <exception cref="RpcException">Ends the call with a status other than OK.</exception>
internal delegate Task DuplexHandler<TRequest, TResponse>(
    IAsyncStreamReader<TRequest> requests,
    IServerStreamWriter<TResponse> responses,
    ServerCallContext context);

/// <summary>Takes a call from HTTP request to trailers.</summary>
internal sealed partial class DuplexEndpoint<TRequest, TResponse>(
    MessageParser<TRequest> parser,
    DuplexHandler<TRequest, TResponse> handler,
    int maxReceiveMessageBytes,
    ILogger logger)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>The request delegate of the method.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (RequestCheck.TryRefuse(context, out var timeout))
        {
            return;
        }

        LiftLimits(context.Features);
        using var call = new ServerCallContext(context, timeout);
        var status = await RunAsync(call);
        GrpcResponse.Finish(context.Response, call.CancellationStatus ?? status, call.ResponseTrailers);
    }

    // A stream lives for days and may say nothing for hours: neither Kestrel's body size nor its data rate fits.
    private static void LiftLimits(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }

        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } dataRate)
        {
            dataRate.MinDataRate = null;
        }
    }

    private async Task<Status> RunAsync(ServerCallContext call)
    {
        try
        {
            await GrpcResponse.StartAsync(call.HttpContext.Response, call.CancellationToken);
            await handler(
                new ServerStreamReader<TRequest>(new(call.HttpContext.Request.BodyReader, parser, maxReceiveMessageBytes), call),
                new ServerStreamWriter<TResponse>(new(Task.FromResult(call.HttpContext.Response.Body)), call),
                call);
            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
        catch (OperationCanceledException e)
        {
            return new(StatusCode.Cancelled, "The call was cancelled by the server.", e);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(logger, call.Method, e);
            return new(StatusCode.Unknown, "The server failed to handle the call.", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Error, "The handler of {Method} failed.")]
        public static partial void HandlerFailed(ILogger logger, string method, Exception exception);
    }
}
