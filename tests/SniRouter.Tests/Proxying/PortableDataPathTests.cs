namespace Zoneway.SniRouter.Tests.Proxying;

// The behavioural tests against the portable data path, one class for each of theirs.

public sealed class PortableForwardingTests() : ForwardingTests(DataPath.Portable);
