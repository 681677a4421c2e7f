using Microsoft.Win32.SafeHandles;

namespace Dna.Fast.Net.Linux;

/// <summary>Owns a file descriptor. A call through it keeps the number from being reused by another file while the call runs.</summary>
internal sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
    }

    /// <summary>The number, for the thread that alone disposes this handle.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
