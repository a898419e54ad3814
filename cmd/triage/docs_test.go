package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentsNameTestsThatExist holds what the documents say is shown by a test
// against the tests.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	const root = "../.."
	there := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(data, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	docs, _ := filepath.Glob(root + "/docs/*.md")
	named := 0
	for _, doc := range append(docs, root+"/README.md") {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(bytes.TrimSpace(data), -1) {
			if named++; !there[string(name[1])] {
				t.Errorf("%s names %s, which is not there", filepath.Base(doc), name[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d tests are named: it looks in the wrong place", named)
	}
}

// What the guides say to write into the configuration can be written there: nothing is
// wrong with it but that the secrets' files are not there.
func TestExamplesOfTheGuidesLoad(t *testing.T) {
	const head = "practice = {name = \"Cedar\", phone = \"503 555 0142\"}\n[review]\nurl = \"https://desk.example.org\"\n[[facebook]]\npage = \"1\"\ntoken = \"x\"\n"
	for doc, least := range map[string]int{"alerting.md": 1, "alerting-channels.md": 10} {
		examples := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(readFile(t, "../../docs/"+doc), -1)
		if len(examples) < least {
			t.Errorf("%s has %d examples", doc, len(examples))
		}
		for _, e := range examples {
			cfg, err := parseConfig(doc, []byte(head+e[1]))
			var secrets *secretsError
			if err != nil && !errors.As(err, &secrets) {
				t.Errorf("%v\nin\n%s", err, e[1])
			}
			if doc == "alerting.md" && (len(cfg.Alerts.Person) != 2 || len(cfg.channels()) != 3) {
				t.Errorf("%d people, %d channels", len(cfg.Alerts.Person), len(cfg.channels()))
			}
		}
	}
}

// Sections without a name are called as the guide says.
func TestNamelessChannelsAreNumbered(t *testing.T) {
	cfg := config{Alerts: alertsConfig{Slack: make([]slackConfig, 3)}}
	cfg.alertDefaults()
	if names := cfg.channelNames(); names != "there are: slack, slack-2, slack-3" {
		t.Error(names)
	}
}
