namespace Zoneway.Xds.Tests.Grpc.Interop;

/// <summary>A test that needs Debian's package python3-grpcio; skipped where it is not installed.</summary>
internal sealed class GrpcioFactAttribute : FactAttribute
{
    public GrpcioFactAttribute() => Skip = GrpcioScript.ReasonToSkip;
}

/// <summary>A theory that needs Debian's package python3-grpcio; skipped where it is not installed.</summary>
internal sealed class GrpcioTheoryAttribute : TheoryAttribute
{
    public GrpcioTheoryAttribute() => Skip = GrpcioScript.ReasonToSkip;
}
