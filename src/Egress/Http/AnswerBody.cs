using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Zoneway.Egress.Http;

/// <summary>
/// Another stream in the place of an answer's body. All else is left to the server: with <see cref="HttpResponse.Body"/> an answer without content would end in a frame of its own, and a gRPC call
/// that has only a status would lose it.
/// </summary>
internal sealed class AnswerBody : IHttpResponseBodyFeature
{
    private readonly IHttpResponseBodyFeature _inner;

    private AnswerBody(IHttpResponseBodyFeature inner, Stream stream) => (_inner, Stream) = (inner, stream);

    /// <inheritdoc/>
    public Stream Stream { get; }

    /// <inheritdoc/>
    public PipeWriter Writer => _inner.Writer;

    /// <summary>Puts a stream in the place of the body, which it has to write to.</summary>
    public static void Replace(HttpContext context, Stream stream) =>
        context.Features.Set<IHttpResponseBodyFeature>(new AnswerBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), stream));

    /// <inheritdoc/>
    public void DisableBuffering() => _inner.DisableBuffering();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => _inner.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CompleteAsync() => _inner.CompleteAsync();

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
