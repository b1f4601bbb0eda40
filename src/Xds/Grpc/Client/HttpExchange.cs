namespace Zoneway.Xds.Grpc;

/// <summary>The HTTP/2 stream of a call: one request and its response, open at the same time, closed when the call is over.</summary>
internal sealed class HttpExchange
{
    private readonly RequestContent _content;
    private readonly CallLifetime _lifetime;
    private volatile HttpResponseMessage? _received;

    /// <summary>Starts sending.</summary>
    public HttpExchange(HttpMessageInvoker invoker, HttpRequestMessage request, RequestContent content, CallLifetime lifetime)
    {
        _content = content;
        _lifetime = lifetime;
        Response = SendAsync(invoker, request);
        lifetime.Token.UnsafeRegister(static state => ((HttpExchange)state!).Close(), this);
    }

    /// <summary>
    /// The response, as soon as its headers are there; a server may hold them back until its first message, so writing must not wait for this.
    /// Null when there will be no response: the call's lifetime is settled then.
    /// </summary>
    public Task<HttpResponseMessage?> Response { get; }

    private async Task<HttpResponseMessage?> SendAsync(HttpMessageInvoker invoker, HttpRequestMessage request)
    {
        try
        {
            var response = await invoker.SendAsync(request, _lifetime.Token);
            _received = response;
            if (_lifetime.Token.IsCancellationRequested)
            {
                Close(); // it may have come too early to see the response
            }

            return response;
        }
        catch (Exception e)
        {
            // Without a connection the content never gets its stream: those who wait to write must be told here.
            _content.Abort(_lifetime.Settle(TransportErrors.StatusOf(e)).Status);
            return null;
        }
    }

    // Closes the stream, with a reset unless both sides have ended it.
    private void Close()
    {
        _content.Abort(_lifetime.Settle(Status.DefaultCancelled).Status);
        _received?.Dispose();
    }
}
