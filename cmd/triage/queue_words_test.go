package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// mute is what must not be read: a terminal at which nobody types.
type mute struct{ t *testing.T }

func (u mute) Read([]byte) (int, error) {
	u.t.Error("it reads standard input, and would wait for somebody to type")
	return 0, errors.New("closed")
}

func TestATextFileIsReadAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reply.txt")
	if err := os.WriteFile(file, []byte("Please call\r\nour office.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := &cobra.Command{}
	cmd.SetIn(mute{t})
	if got, err := textOf(cmd, file); got != "Please call\nour office." || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	cmd.SetIn(strings.NewReader("Please call.\n"))
	if got, err := textOf(cmd, "-"); got != "Please call." || err != nil {
		t.Errorf("standard input: %q, %v", got, err)
	}
}

func TestWhatADecisionMeans(t *testing.T) {
	now := time.Now()
	off := "posting is off"
	for want, actions := range map[string][]control.CaseAction{
		"approved, deleting our reply: goes out now":                     {{Do: ingest.TakeDown, State: respond.Approved}},
		"nothing is to be said":                                          {{Do: ingest.Reply, State: respond.Dismissed}},
		"public reply, hiding the comment: posting is off":               {{Do: ingest.Reply, State: respond.Recorded, Why: off}, {Do: ingest.Hide, State: respond.Recorded, Why: off}},
		"approved, private message: goes out now. public reply: by·hand": {{Do: ingest.Reply, State: respond.Manual, Why: "by\x1bhand"}, {Do: ingest.Private, State: respond.Approved}},
		"approved, hiding the comment: goes out now. Nobody is answered: once it is hidden a public reply reaches nobody": {{Do: ingest.Hide, State: respond.Approved}},
	} {
		if got := outgoing(control.CaseView{Actions: actions}, now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
