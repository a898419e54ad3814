package channel_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

func TestTerminal(t *testing.T) {
	var b strings.Builder
	term := channel.NewTerminal(&b)
	for _, n := range []alert.Notice{
		conform.Notice("", conform.Message(alert.New, alert.Page, 2), conform.Message(alert.Over, alert.Tell, 3)),
		{ID: "t", From: "Cedar Clinic", Test: true, At: conform.Noon},
	} {
		if err := term.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	want := `alert 12:00:00  page · somebody may need help now, matter 2 (2) · facebook cedar · for 1 h · https://desk.example.org/cases/k2
alert 12:00:00  over · somebody may need help now, matter 3 · facebook cedar · https://desk.example.org/cases/k3
alert 12:00:00  Cedar Clinic: Test of triage: this arrives, and nothing is wrong
`
	if b.String() != want {
		t.Errorf("it says\n%snot\n%s", b.String(), want)
	}
}

// TestTerminalKeepsLinesWhole: notices of several at once do not run into each other.
func TestTerminalKeepsLinesWhole(t *testing.T) {
	var b strings.Builder
	term, n := channel.NewTerminal(&b), conform.Notice("", conform.Message(alert.New, alert.Page, 1), conform.Message(alert.New, alert.Page, 2))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { _ = term.Notify(t.Context(), n) })
	}
	all.Wait()
	one := n.Messages[0].String() + "\nalert 12:00:00  " + n.Messages[1].String() + "\n"
	if got := strings.Count(b.String(), one); got != 50 {
		t.Errorf("%d of 50 notices are whole", got)
	}
}

func TestTerminalClosed(t *testing.T) {
	err := channel.NewTerminal(closedWriter{}).Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1)))
	if failed, ok := errors.AsType[*alert.Failure](err); !ok || failed.Final || strings.Contains(errors.Unwrap(err).Error(), conform.SecretCanary) {
		t.Errorf("a closed terminal gives %v", err)
	}
}

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New(conform.SecretCanary) }
