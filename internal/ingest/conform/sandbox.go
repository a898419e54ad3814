package conform

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Sandbox is the stage of a played platform: the sandbox's controls.
type Sandbox struct {
	URL, Platform string
	// Practice is the name under which the practice writes there.
	Practice string
	// Prefix stands before the sandbox's ids in those that the platform gives.
	Prefix string
	// More is what only this platform knows of every comment by a person.
	More map[string]string
}

// Say implements Stage.
func (s Sandbox) Say(t testing.TB, said Said) string {
	t.Helper()
	in := map[string]any{"platform": s.Platform, "text": said.Text, "parent": s.id(said.Parent)}
	switch {
	case said.Own:
		in["author"] = s.Practice
	case said.Author != "":
		in["author"] = said.Author
	}
	if len(s.More) > 0 && !said.Own {
		in["more"] = s.More
	}
	var made struct{ ID string }
	s.call(t, "POST", "/comments", in, &made)
	return s.Prefix + made.ID
}

// id is the sandbox's id of an item.
func (s Sandbox) id(item string) string { return strings.TrimPrefix(item, s.Prefix) }

// Edit implements Stage.
func (s Sandbox) Edit(t testing.TB, item, text string) {
	t.Helper()
	s.call(t, "PATCH", "/comments/"+s.id(item), map[string]string{"text": text}, nil)
}

// Delete implements Stage.
func (s Sandbox) Delete(t testing.TB, item string) {
	t.Helper()
	s.call(t, "DELETE", "/comments/"+s.id(item), nil, nil)
}

// Switch sets how the platform behaves.
func (s Sandbox) Switch(t testing.TB, name, value string) {
	t.Helper()
	s.call(t, "POST", "/switches", map[string]string{"platform": s.Platform, "name": name, "value": value}, nil)
}

// Stands implements Stage.
func (s Sandbox) Stands(t testing.TB, item string) Stands {
	t.Helper()
	var state struct {
		Comments []struct {
			ID      string
			Hidden  bool
			Replies []struct{ Text, By string }
			Private []struct{ Text string }
		}
	}
	s.call(t, "GET", "/state", nil, &state)
	var out Stands
	for _, c := range state.Comments {
		if c.ID != s.id(item) {
			continue
		}
		out.Hidden = c.Hidden
		for _, r := range c.Replies {
			if r.By == s.Practice {
				out.Replies = append(out.Replies, r.Text)
			}
		}
		for _, p := range c.Private {
			out.Private = append(out.Private, p.Text)
		}
	}
	slices.Sort(out.Replies)
	return out
}

func (s Sandbox) call(t testing.TB, method, path string, in, out any) {
	t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/_sandbox"+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: the control answers %d", method, path, resp.StatusCode)
	}
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			t.Fatal(err)
		}
	}
}
