namespace Zoneway.Xds.Grpc;

/// <summary>What one call has of its own.</summary>
/// <param name="Headers">Metadata sent with the request; null for none.</param>
/// <param name="Deadline">When the call fails with <see cref="StatusCode.DeadlineExceeded"/>, in UTC; null for never. Told to the server.</param>
/// <param name="CancellationToken">Cancels the call, which then ends with <see cref="StatusCode.Cancelled"/>.</param>
internal readonly record struct CallOptions(Metadata? Headers = null, DateTimeOffset? Deadline = null, CancellationToken CancellationToken = default);
