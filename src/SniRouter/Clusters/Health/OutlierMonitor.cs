namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>What outlier detection knows of one endpoint. The data paths report from any thread, without locks; ejecting is up to the detector.</summary>
/// <remarks>The rules are those of Envoy's <c>DetectorHostMonitor</c>: failures in a row are counted until they reach a threshold exactly, and begin anew then.</remarks>
internal sealed class OutlierMonitor(OutlierDetector detector, EndpointState endpoint)
{
    private const int GoodAnswer = 200;
    private const int NoConnection = 503;

    private uint _serverErrors;
    private uint _gatewayErrors;
    private uint _localFailures;
    private SuccessCounter _answers;
    private SuccessCounter _connects;

    /// <summary>The endpoint.</summary>
    public EndpointState Endpoint => endpoint;

    /// <summary>Ejections in a row: what the ejection time is multiplied with. Only with the detector's lock held.</summary>
    public uint Ejections { get; set; }

    /// <summary>When it was last ejected. Only with the detector's lock held.</summary>
    public long EjectedTimestamp { get; set; }

    /// <summary>A connect attempt has succeeded.</summary>
    /// <param name="answersFollow">Whether answers are reported as well, as with HTTP: then the connection alone proves nothing about them.</param>
    public void Connected(bool answersFollow)
    {
        if (detector.Config.SplitsLocalOrigin)
        {
            _connects.Add(good: true);
            Volatile.Write(ref _localFailures, 0);
        }
        else if (!answersFollow)
        {
            Answered(GoodAnswer);
        }
    }

    /// <summary>No answer for a reason on this side or on the way: a connect attempt failed, or took too long.</summary>
    public void LocalFailure()
    {
        var config = detector.Config;
        if (!config.SplitsLocalOrigin)
        {
            Answered(NoConnection);
            return;
        }

        _connects.Add(good: false);
        if (Interlocked.Increment(ref _localFailures) == config.ConsecutiveLocalOriginFailure)
        {
            detector.OnCause(this, EjectionCause.ConsecutiveLocalOriginFailure);
        }
    }

    /// <summary>The endpoint has answered with an HTTP status.</summary>
    public void Answered(int status)
    {
        var isServerError = status is >= 500 and < 600;
        _answers.Add(!isServerError);
        if (!isServerError)
        {
            Volatile.Write(ref _serverErrors, 0);
            Volatile.Write(ref _gatewayErrors, 0);
            return;
        }

        var config = detector.Config;
        if (status is not (502 or 503 or 504))
        {
            Volatile.Write(ref _gatewayErrors, 0);
        }
        else if (Interlocked.Increment(ref _gatewayErrors) == config.ConsecutiveGatewayFailure)
        {
            detector.OnCause(this, EjectionCause.ConsecutiveGatewayFailure);
        }

        if (Interlocked.Increment(ref _serverErrors) == config.Consecutive5xx)
        {
            detector.OnCause(this, EjectionCause.Consecutive5xx);
        }
    }

    /// <summary>Begins to count a series anew.</summary>
    public void Reset(EjectionCause cause)
    {
        switch (cause)
        {
            case EjectionCause.Consecutive5xx:
                Volatile.Write(ref _serverErrors, 0);
                break;
            case EjectionCause.ConsecutiveGatewayFailure:
                Volatile.Write(ref _gatewayErrors, 0);
                break;
            case EjectionCause.ConsecutiveLocalOriginFailure:
                Volatile.Write(ref _localFailures, 0);
                break;
        }
    }

    /// <summary>Takes the rates of the interval that ends.</summary>
    public (long Volume, double Rate) TakeAnswers() => _answers.Take();

    /// <summary>Takes the rates of connect attempts of the interval that ends.</summary>
    public (long Volume, double Rate) TakeConnects() => _connects.Take();
}
