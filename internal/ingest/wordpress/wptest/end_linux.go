package wptest

import (
	"os"
	"os/exec"
	"syscall"
)

// nobody is whom the servers run as when the test runs as root: neither of them
// wants to be root.
const nobody = 65534

// apart has a process lead a group of its own, run without root's rights, and end
// with ours, however that ends. The last goes by the thread that started it: Go
// ends one only under a goroutine that returns locked to it, and none here is.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
}

// end kills a process with all that it started.
func end(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// giveAway lets the servers read and write what is below dir.
func giveAway(path string) error {
	if os.Getuid() != 0 {
		return nil
	}
	return os.Lchown(path, nobody, nobody)
}
