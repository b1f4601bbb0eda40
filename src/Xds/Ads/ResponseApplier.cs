using System.Diagnostics.CodeAnalysis;
using Google.Rpc;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>Hands the content of a response to the sink and decides between ACK and NACK.</summary>
internal sealed partial class ResponseApplier(AdsSessionContext context)
{
    private const int InternalError = 13;

    /// <summary>Applies a change. What is good is in force when this completes.</summary>
    /// <param name="subscription">The type concerned.</param>
    /// <param name="header">The response it came with.</param>
    /// <param name="change">What to hand on.</param>
    /// <param name="content">What could not be handed on.</param>
    /// <param name="cancellationToken">Ends the wait for the sink.</param>
    /// <returns>Null for an ACK, else the <c>error_detail</c> of the NACK.</returns>
    public async Task<Status?> ApplyAsync(
        Subscription subscription,
        ResponseHeader header,
        ResourceChange change,
        ResponseContent content,
        CancellationToken cancellationToken)
    {
        var started = context.TimeProvider.GetTimestamp();
        var verdict = await SinkVerdictAsync(subscription, change, content, cancellationToken);
        var time = context.TimeProvider.GetElapsedTime(started);
        var now = context.TimeProvider.GetUtcNow();

        context.Metrics.Answered(subscription.Type, acknowledged: verdict is null, time);
        if (verdict is null)
        {
            context.Status.Acknowledged(subscription, header.Version, now);
        }
        else
        {
            context.Status.Rejected(subscription, now);
            Log.Rejected(context.Logger, subscription.Type.ShortName, header.Version, verdict.Message);
        }

        Log.Answered(context.Logger, subscription.Type.ShortName, header.Version, header.Nonce, change.Updated.Count, change.Removed.Count, content.Unasked, time.TotalMilliseconds);
        return verdict;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fault of our own must not cost the stream: the control plane would deregister the proxy. It is logged and told.")]
    private async Task<Status?> SinkVerdictAsync(
        Subscription subscription,
        ResourceChange change,
        ResponseContent content,
        CancellationToken cancellationToken)
    {
        try
        {
            var errors = await context.Sink.ApplyAsync(change, cancellationToken);
            subscription.History.HasReceived = true;
            return RejectionDetail.From([.. content.Errors, .. errors]);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.SinkFailed(context.Logger, exception, subscription.Type.ShortName);
            return new Status { Code = InternalError, Message = "The proxy failed to apply this response; its log says why." };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(111, LogLevel.Debug, "Took in {Type} version '{Version}' nonce '{Nonce}': {Updated} resources, {Removed} removed, {Unasked} not asked for, {Milliseconds} ms")]
        public static partial void Answered(ILogger logger, string type, string version, string nonce, int updated, int removed, int unasked, double milliseconds);

        [LoggerMessage(112, LogLevel.Warning, "Rejected {Type} version '{Version}'; what is good in it is in force. {Errors}")]
        public static partial void Rejected(ILogger logger, string type, string version, string errors);

        [LoggerMessage(113, LogLevel.Error, "Applying a {Type} response failed; the configuration before it stays in force")]
        public static partial void SinkFailed(ILogger logger, Exception exception, string type);
    }
}
