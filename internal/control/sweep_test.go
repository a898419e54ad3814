package control

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// swept gives the command to sweep and returns what it was told.
func (s *service) swept(t *testing.T, since time.Time) (out []Swept, err error) {
	t.Helper()
	client, end := Local(Handler(s.options))
	defer end()
	c := &Client{HTTP: client}
	err = c.Lines(t.Context(), "/sweep", Sweep{Since: since}, func(line []byte) error {
		var one Swept
		if err := json.Unmarshal(line, &one); err != nil {
			return err
		}
		out = append(out, one)
		return nil
	})
	return out, err
}

// Who asks is told how far each account is, and at the end that it was all, or why not.
func TestSweepTellsHowFarItIs(t *testing.T) {
	s := newService(t)
	day := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	var asked time.Time
	s.options.Sweep = func(_ context.Context, since time.Time, tell func(Swept)) error {
		asked = since
		tell(Swept{Account: "main", Read: 3})
		tell(Swept{Account: "main", Read: 7, Own: 2, Done: true})
		return nil
	}
	got, err := s.swept(t, day)
	must(t, err)
	if want := []Swept{{Account: "main", Read: 3}, {Account: "main", Read: 7, Own: 2, Done: true}, {All: true}}; !slices.Equal(got, want) {
		t.Errorf("told %+v, want %+v", got, want)
	}
	if !asked.Equal(day) {
		t.Errorf("swept since %v", asked)
	}
	s.options.Sweep = func(context.Context, time.Time, func(Swept)) error { return errors.New("a sweep is under way") }
	if got, err = s.swept(t, day); err != nil || len(got) != 1 || got[0].All || got[0].Error != "a sweep is under way" {
		t.Errorf("told %+v, %v", got, err)
	}
}

func TestSweepOfTheFuture(t *testing.T) {
	s := newService(t)
	if _, err := s.swept(t, time.Now().Add(48*time.Hour)); err == nil || !strings.Contains(err.Error(), "yet to come") {
		t.Errorf("said %v", err)
	}
	if acts := s.told(t); len(acts) != 0 {
		t.Errorf("the audit has %d acts", len(acts))
	}
}

// A report that cannot be made is said, and none is in the audit.
func TestNoSweepReport(t *testing.T) {
	s := newService(t)
	s.options.SweepReport = func(context.Context, bool) ([]byte, error) { return nil, errors.New("the platform is away") }
	client, end := Local(Handler(s.options))
	defer end()
	err := (&Client{HTTP: client}).Call(t.Context(), http.MethodGet, "/sweep", nil, nil)
	if err == nil || !strings.Contains(err.Error(), "the platform is away") || len(s.told(t)) != 0 {
		t.Errorf("said %v; the audit has %d acts", err, len(s.told(t)))
	}
}
