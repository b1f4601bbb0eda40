namespace Zoneway.SniRouter.Tests.Proxying;

// The behavioural tests against the portable data path, one class for each of theirs.

public sealed class PortableForwardingTests() : ForwardingTests(DataPath.Portable);

public sealed class PortableHalfCloseTests() : HalfCloseTests(DataPath.Portable);

public sealed class PortableBackPressureTests() : BackPressureTests(DataPath.Portable);

public sealed class PortableResetTests() : ResetTests(DataPath.Portable);

public sealed class PortableTimeoutTests() : TimeoutTests(DataPath.Portable);

public sealed class PortableRefusalTests() : RefusalTests(DataPath.Portable);

public sealed class PortableConnectTests() : ConnectTests(DataPath.Portable);

public sealed class PortableLimitTests() : LimitTests(DataPath.Portable);

public sealed class PortableDrainTests() : DrainTests(DataPath.Portable);

public sealed class PortableLocalAnswerTests() : LocalAnswerTests(DataPath.Portable);

public sealed class PortableLiveUpdateTests() : LiveUpdateTests(DataPath.Portable);
