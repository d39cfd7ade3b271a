"""Where a root is kept when it is not in this process: a key server, or a process of its own after `tillit unlock`.

root     the root itself: one age identity, two while it is being changed
transit  OpenBao or Vault, which seal and open it with a key they never give away
wire     how a command and the process that holds the roots talk
place    the socket they talk over, and the folder it is in
guard    that process
"""
