package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"triage/internal/respond/desktest"
)

// fillDesk puts cases into a store that no process uses.
func fillDesk(t *testing.T, d practiceDir, n int) {
	t.Helper()
	st := openStopped(t, d)
	crowd := desktest.NewCrowd(1, time.Now())
	for left := n; left > 0; left -= 1000 {
		if err := st.Cases.Create(t.Context(), crowd.Cases(min(left, 1000))); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, time.Minute, "all cases in the index", func() bool {
		have := 0
		for range st.Cases.All() {
			have++
		}
		return have == n
	})
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

// memory is what a process takes, and took at most.
func (p *process) memory() string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return "memory not known here"
	}
	var parts []string
	for _, name := range []string{"VmRSS", "VmHWM"} {
		if m := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(raw); m != nil {
			kb, _ := strconv.Atoi(string(m[1]))
			parts = append(parts, fmt.Sprintf("%s %d MB", name, kb/1024))
		}
	}
	return strings.Join(parts, ", ")
}

// mostForeign is the share of the machine's time that others may take for a figure to
// count.
const mostForeign = 0.3

// ticks are those of the machine's processors: all, and those with nothing to do.
type ticks struct{ all, idle float64 }

func processors() (n ticks) {
	raw, err := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(raw), "\n")
	if fields := strings.Fields(line); err == nil && len(fields) > 8 {
		for i, f := range fields[1:9] {
			v, _ := strconv.ParseFloat(f, 64)
			if n.all += v; i == 3 || i == 4 {
				n.idle += v
			}
		}
	}
	return n
}

// foreign is the share of the machine's time since then that went to others than those
// who used so many seconds of it.
func (n ticks) foreign(since ticks, ours float64) float64 {
	all := n.all - since.all
	if all == 0 {
		return 0
	}
	return max(0, 1-(n.idle-since.idle)/all-ours*100/all)
}

// ownTime is how many seconds of a processor this process has used.
func ownTime() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// used is how many seconds of a processor the service has used.
func (k *desk) used() float64 {
	_, metrics := k.get("/metrics")
	m := regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`).FindStringSubmatch(metrics)
	if m == nil {
		return 0
	}
	f, _ := strconv.ParseFloat(m[1], 64)
	return f
}
