using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Fetches the bootstrap document from a control plane: <c>POST {control plane}/bootstrap</c>. Protocol §1.1, §1.2.</summary>
public sealed partial class BootstrapClient : IDisposable
{
    // The largest parts are two CA bundles in base64; a control plane's own limit for them is far below this.
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private readonly BootstrapClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BootstrapClient> _logger;
    private readonly HttpClient _http;
    private readonly Uri _address;

    /// <summary>Creates a client of one control plane.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException"><see cref="BootstrapClientOptions.TrustedCa"/> holds no certificate.</exception>
    public BootstrapClient(BootstrapClientOptions options, TimeProvider time, ILogger<BootstrapClient> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _address = new Uri($"{options.ControlPlane.AbsoluteUri.TrimEnd('/')}/bootstrap");
        _http = new HttpClient(CreateHandler(options))
        {
            MaxResponseContentBufferSize = MaxAnswerBytes,
            Timeout = Timeout.InfiniteTimeSpan, // Attempts are timed by the TimeProvider.
        };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>Asks until there is a document, an error that another attempt cannot mend, or <see cref="BootstrapClientOptions.RetryMaxDuration"/> is over.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<BootstrapResult> FetchAsync(BootstrapRequest request, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var attempt = await TryFetchAsync(request, cancellationToken);
            if (attempt.Document is { } document)
            {
                return BootstrapResult.Success(document);
            }

            if (!attempt.MayRetry)
            {
                return BootstrapResult.Failure(attempt.Error);
            }

            if (_time.GetElapsedTime(start) + _options.RetryBackoff > _options.RetryMaxDuration)
            {
                return BootstrapResult.Failure($"No bootstrap document within {_options.RetryMaxDuration}; the last attempt ended so: {attempt.Error}");
            }

            Log.WillRetry(_logger, _address, attempt.Error, _options.RetryBackoff);
            await Task.Delay(_options.RetryBackoff, _time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Asks once, without retries.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task<BootstrapAttempt> TryFetchAsync(BootstrapRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, BootstrapJsonContext.Default.BootstrapRequest));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(_address, content, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return BootstrapAnswer.Read(response.StatusCode, body, request);
        }
        catch (HttpRequestException exception)
        {
            return BootstrapAttempt.TryAgain(Describe(exception));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return BootstrapAttempt.TryAgain($"The control plane at {_address} did not answer within {_options.AttemptTimeout}.");
        }
    }

    private string Describe(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => $"The host name of {_address} cannot be resolved.",
        HttpRequestError.SecureConnectionError =>
            $"No trusted TLS connection to {_address}: {exception.InnerException?.Message ?? exception.Message} Give the control plane's CA with --ca-cert-file.",
        HttpRequestError.ConfigurationLimitExceeded => $"The answer of {_address} is longer than {MaxAnswerBytes} bytes.",
        _ => $"No answer from {_address}: {exception.Message}",
    };

    private static SocketsHttpHandler CreateHandler(BootstrapClientOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        SslOptions = BootstrapTls.Create(options),
    };

    private static partial class Log
    {
        [LoggerMessage(400, LogLevel.Warning, "No bootstrap document from {Address} yet: {Reason} Next attempt in {Backoff}.")]
        public static partial void WillRetry(ILogger logger, Uri address, string reason, TimeSpan backoff);
    }
}
