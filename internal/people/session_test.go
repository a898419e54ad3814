package people

import (
	"context"
	"errors"
	"testing"
)

func TestBrowsersInPlainWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                        "Firefox, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0":                   "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36":                                "Chrome, Android",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15":                      "Safari, Mac",
		"curl/8.5": "", "": "", "Mozilla/5.0 (X11; Linux x86_64)": "Linux",
	} {
		if got := Browser(agent); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}

// list is Sessions in memory.
type list struct {
	all   []Session
	ended []string
	full  error
}

func (l *list) Of(context.Context, string) ([]Session, error) { return l.all, nil }
func (l *list) End(_ context.Context, id string) error {
	l.ended = append(l.ended, id)
	return l.full
}

func TestAllSessionsButOneEnd(t *testing.T) {
	l := &list{all: []Session{{ID: "a"}, {ID: "b"}, {ID: "c"}}}
	if n, err := EndAll(t.Context(), l, "priya", "b"); n != 2 || err != nil || len(l.ended) != 2 || l.ended[1] != "c" {
		t.Errorf("%d, %v: %v", n, err, l.ended)
	}
	l.full = errors.New("full")
	if n, err := EndAll(t.Context(), l, "priya", ""); n != 0 || !errors.Is(err, l.full) {
		t.Errorf("%d, %v", n, err)
	}
}
