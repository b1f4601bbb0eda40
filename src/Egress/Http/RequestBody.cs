using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Zoneway.Egress.Http;

/// <summary>The body of a request as the forwarder reads it: counted, and with a notice at its end.</summary>
internal sealed class RequestBody(Stream inner) : BodyStream(inner)
{
    private Action? _read;
    private long _length;
    private long _most = long.MaxValue;

    /// <summary>Whether any of it was asked for.</summary>
    public bool WasRead { get; private set; }

    /// <summary>Whether all of it was read.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether it was longer than it may be.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public override long Length => Volatile.Read(ref _length);

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>Puts one in the place of a request's body; null when the request has none.</summary>
    public static RequestBody? Watch(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            return null;
        }

        var body = new RequestBody(context.Request.Body);
        context.Request.Body = body;
        return body;
    }

    /// <summary>Lets no more than so many bytes be read: one more is an <see cref="IOException"/>.</summary>
    public void Limit(long bytes) => _most = Math.Min(_most, bytes);

    /// <summary>Calls back when the whole body was read.</summary>
    public void WhenRead(Action read)
    {
        _read += read;
        if (IsEnded)
        {
            read();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        WasRead = true;
        var read = await Inner.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            Volatile.Write(ref _length, _length + read);
            if (_length > _most)
            {
                IsTooLarge = true;
                throw new IOException("The request's body is longer than it may be.");
            }
        }
        else if (!buffer.IsEmpty && !IsEnded)
        {
            IsEnded = true;
            _read?.Invoke();
        }

        return read;
    }
}
