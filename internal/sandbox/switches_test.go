package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A directory of before the other platforms were played gets their first posts,
// and keeps what it has.
func TestAnOlderDirectoryGetsTheOtherPlatforms(t *testing.T) {
	dir := t.TempDir()
	line := `{"op":"add","item":{"id":"` + PageID + `_122000000000","platform":"facebook","kind":"page","own":true,"text":"Open day","created":"2026-09-01T10:00:00Z"}}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "sandbox.jsonl"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, Options{Dir: dir})
	_, feed := b.graph("GET", "/"+PageID+"/posts", nil)
	b.want("posts", len(at(feed, "data").([]any)), 1)
	made := map[string]bool{}
	for _, platform := range []string{"facebook", "google", "x"} {
		made[b.say(`{"platform":"`+platform+`","text":"a"}`)] = true
	}
	b.want("comments", len(made), 3)
}

// Every switch of every platform is in the state, can be set to what it is, and
// goes back with the reset.
func TestSwitches(t *testing.T) {
	b := open(t, Options{})
	_, state := b.do("GET", "/_sandbox/state", "")
	all, _ := at(state, "switches").(map[string]any)
	if len(all) < 2 {
		t.Fatalf("switches: %v", all)
	}
	for platform, of := range all {
		for name, value := range of.(map[string]any) {
			body := `{"platform":"` + platform + `","name":"` + name + `","value":"` + value.(string) + `"}`
			if status, out := b.do("POST", "/_sandbox/switches", body); status != 200 {
				t.Errorf("%s: %d %v", body, status, out)
			}
			if status, _ := b.do("POST", "/_sandbox/switches", `{"platform":"`+platform+`","name":"`+name+`","value":"rubbish!"}`); status != 400 {
				t.Errorf("%s %s takes anything", platform, name)
			}
		}
	}
}

// The manual has a line for every switch, with its usual value.
func TestTheManualKnowsEverySwitch(t *testing.T) {
	manual, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, Options{})
	_, state := b.do("GET", "/_sandbox/state", "")
	for platform, of := range at(state, "switches").(map[string]any) {
		for name, value := range of.(map[string]any) {
			known := false
			for line := range strings.Lines(string(manual)) {
				row := strings.HasPrefix(line, "|") && strings.Contains(line, "`"+name+"`")
				known = known || row && strings.Contains(line, value.(string))
			}
			if !known {
				t.Errorf("docs/sandbox.md has no row for %s %q, usually %q", platform, name, value)
			}
		}
	}
}
