namespace Zoneway.Xds.Grpc;

/// <summary>How a call ended. gRPC: status codes and their use.</summary>
internal enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>Cancelled, usually by the caller.</summary>
    Cancelled = 1,

    /// <summary>A failure that says nothing about itself, or no status at all.</summary>
    Unknown = 2,

    /// <summary>The request is wrong in itself.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first.</summary>
    DeadlineExceeded = 4,

    /// <summary>Something named in the request does not exist.</summary>
    NotFound = 5,

    /// <summary>Something to be created exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and not allowed.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or size limit is used up; also messages that are too large.</summary>
    ResourceExhausted = 8,

    /// <summary>The server is not in the state the request needs.</summary>
    FailedPrecondition = 9,

    /// <summary>Aborted, typically by a conflict.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>Unknown service, method or message encoding.</summary>
    Unimplemented = 12,

    /// <summary>The peer broke the protocol, or an invariant.</summary>
    Internal = 13,

    /// <summary>Cannot be reached now; worth another attempt.</summary>
    Unavailable = 14,

    /// <summary>Data was lost for good.</summary>
    DataLoss = 15,

    /// <summary>The caller did not say who it is, or could not prove it.</summary>
    Unauthenticated = 16,
}
