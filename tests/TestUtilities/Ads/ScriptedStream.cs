using System.Threading.Channels;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;

namespace Zoneway.TestUtilities.Ads;

/// <summary>The control plane's side of one stream, played by a test: waits for requests, sends responses, cuts. Records everything.</summary>
internal sealed class ScriptedStream(XdsVariant variant, string? authorization)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Channel<ScriptedRequest> _requests = Channel.CreateUnbounded<ScriptedRequest>();
    private readonly Channel<ScriptedResponse> _responses = Channel.CreateUnbounded<ScriptedResponse>();
    private readonly TaskCompletionSource<bool> _clientEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ScriptedRequest> _recorded = [];

    public XdsVariant Variant => variant;

    /// <summary>The <c>authorization</c> metadata; null when there was none.</summary>
    public string? Authorization => authorization;

    /// <summary>How the client ended the stream: true in good order, by ending its direction first; false by cancelling.</summary>
    public Task<bool> ClientEndAsync => _clientEnd.Task.WaitAsync(Limit);

    /// <summary>All requests seen so far.</summary>
    public IReadOnlyList<ScriptedRequest> Recorded
    {
        get
        {
            lock (_recorded)
            {
                return [.. _recorded];
            }
        }
    }

    /// <summary>What the script sends; completed, with an error for a failing status, when it ends the stream.</summary>
    public ChannelReader<ScriptedResponse> Responses => _responses.Reader;

    /// <summary>The next request, within a time limit.</summary>
    public async Task<ScriptedRequest> NextAsync() => await _requests.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    /// <summary>The next request, which has to be of this type.</summary>
    public async Task<ScriptedRequest> NextAsync(string typeUrl)
    {
        var request = await NextAsync();
        return request.TypeUrl == typeUrl ? request : throw new InvalidOperationException($"Expected a request of type {typeUrl}, came: {request}");
    }

    public void Send(ScriptedResponse response) => _responses.Writer.TryWrite(response);

    /// <summary>Ends the stream after what was sent before.</summary>
    public void End(StatusCode code = StatusCode.OK, string detail = "") =>
        _responses.Writer.TryComplete(code == StatusCode.OK ? null : new RpcException(new(code, detail)));

    /// <summary>A request arrived.</summary>
    public void Received(ScriptedRequest request)
    {
        lock (_recorded)
        {
            _recorded.Add(request);
        }

        _requests.Writer.TryWrite(request);
    }

    /// <summary>The client ended its direction; the stream ends too, unless the script has ended it.</summary>
    public void HalfClosed()
    {
        _clientEnd.TrySetResult(true);
        End();
    }

    /// <summary>The client cancelled, or is gone.</summary>
    public void Cancelled() => _clientEnd.TrySetResult(false);
}
