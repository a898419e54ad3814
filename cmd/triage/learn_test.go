package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/checks"
	"triage/internal/respond"
	"triage/internal/store"
)

// nextWeek draws the sample of a stopped service as it would next week.
func (d practiceDir) nextWeek(t *testing.T) {
	t.Helper()
	cfg, err := loadConfig(d.config)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{cfg: cfg, log: zap.NewNop()}
	k, err := s.practiceKeys()
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.openBus(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	o := s.storeOptions(k)
	o.Now = func() time.Time { return time.Now().AddDate(0, 0, 7) }
	st, err := store.Open(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	desk := &respond.Desk{Cases: st.Cases, Texts: st.Texts, Log: zap.NewNop(), Now: o.Now, Rules: func() respond.Rules { return respond.Rules{Sample: 3} }}
	if err := st.Draw(t.Context(), desk); err != nil {
		t.Fatal(err)
	}
}

// labels reads an export.
func labels(t *testing.T, path string) (lines []store.Labelled) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%s: %v, %v", path, info, err)
	}
	for line := range strings.Lines(readFile(t, path)) {
		var l store.Labelled
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

// The practice learns from its own decisions: what people decide and say, of
// what was flagged and of what was not, becomes labels and figures. The words
// are in the export alone.
func TestThePracticeLearns(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "[log]\nlevel = \"debug\"\n[classify]\nsample = 3\n")
	d.hideToken(t)
	p, page := d.run(t)
	d.does(t, "user", "add", "rita", "--role", "reviewer")
	d.does(t, "user", "add", "otto", "--role", "officer")
	d.does(t, "settings", "set", "classify.catch", "98", "--as", "otto")
	flagged := []string{sb.write("Since the hysterectomy I still bleed zzcanaryzz every day"), sb.write("My knee surgery zzcanaryzz was here"), sb.write("I had a hip replacement here zzcanaryzz in May")}
	for i := range 6 {
		sb.write(fmt.Sprintf("Lovely garden zzcanaryzz, easy parking %d", i))
	}
	eventually(t, 30*time.Second, "all verdicts", func() bool { c, v := page.events(); return c == 9 && v == 9 })
	eventually(t, 30*time.Second, "the cases", func() bool { return len(page.waiting()) == 3 })
	names := d.names(t)
	id := func(i int) string { return names.ID("facebook", "facebook", flagged[i]) }

	if !page.approve(id(0)) {
		t.Fatal("the reply was not accepted")
	}
	_, body := page.get("/cases/" + id(1))
	if code, _ := page.post("/cases/"+id(1)+"/dismiss", url.Values{"step": {stepField.FindStringSubmatch(body)[1]}}); code != 200 {
		t.Fatalf("dismiss: HTTP %d", code)
	}
	if said := d.does(t, "queue", "label", id(2), "possible", "--as", "rita"); !strings.Contains(said, id(2)+": possible (rita)") {
		t.Errorf("label: %s", said)
	}
	out := filepath.Join(d.dir, "labels.jsonl")
	for _, as := range []string{"rita", "admin"} {
		said := fails(t, "queue", "export-labels", out, "--as", as, "--config", d.config)
		says(t, said, as, "may not export labels", "name a privacy officer with --as")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused export left a file")
	}
	said := d.does(t, "queue", "export-labels", out, "--as", "otto")
	says(t, said, "labels.jsonl: ", heldWords)
	want := map[string]int{id(0): 2, id(1): 0, id(2): 1}
	for _, l := range labels(t, out) {
		if d, ok := want[l.ID]; !ok || l.D != d || !strings.Contains(l.Text, "zzcanaryzz") || l.From != store.FromDecision || l.Weight != 0 ||
			l.Verdict.Level < 1 || !strings.HasSuffix(l.Verdict.Model, " catch-98") {
			t.Errorf("exported %+v", l)
		}
		delete(want, l.ID)
	}
	if len(want) > 0 {
		t.Errorf("not exported: %v", want)
	}

	p.stop()
	logs := p.output()
	d.nextWeek(t)
	p, page = d.run(t)
	if _, queue := page.get("/"); !strings.Contains(queue, "picked at random: 3 comments.") {
		t.Error("the queue does not tell of the sample")
	}
	_, sample := page.get("/?lane=sample")
	found := 0
	for _, m := range regexp.MustCompile(`data-item href="/cases/([a-z2-7]{20})"`).FindAllStringSubmatch(sample, -1) { // the list, without "undo last"
		found++
		if code, _ := page.post("/cases/"+m[1]+"/label", url.Values{"level": {"none"}}); code != 200 {
			t.Errorf("label: HTTP %d", code)
		}
	}
	if found != 3 {
		t.Fatalf("%d cases of the sample, want 3", found)
	}
	says(t, d.does(t, "queue", "export-labels", out, "--since", time.Now().Format(time.DateOnly), "--as", "otto"), heldWords)
	for _, l := range labels(t, out) {
		if weight := map[string]float64{store.FromDecision: 1, store.FromSample: 2}[l.From]; l.Weight != weight {
			t.Errorf("of 3 flagged and 6 others, a %s stands for %v", l.From, l.Weight)
		}
	}
	figures := does(t, "eval", out)
	says(t, figures, "the practice's own: 3 decisions, 3 of the weekly sample", "too few to tell")
	file := filepath.Join(d.dir, "audit.jsonl")
	eventually(t, 20*time.Second, "the audit", func() bool {
		d.does(t, "audit", "export", file, "--as", "otto")
		return strings.Count(readFile(t, file), `"do":"labelled"`) == 4
	})
	said = readFile(t, file)
	says(t, said, `"do":"exported","note":"labels"`, `"do":"refused","note":"export labels"`, `"from":"command","do":"labelled","on":"`+id(2)+`","note":"possible"`)
	p.stop()
	clean(t, "the log", logs+p.output())
	clean(t, "the audit", said)
	clean(t, "the figures", figures)
	noneInFiles(t, d.data)
}

// A lane that the practice raised calls; the sample never does.
func TestRaisedLanesCall(t *testing.T) {
	louder, err := asLouder("possible tells; look  pages")
	if err != nil {
		t.Fatal(err)
	}
	desk := &respond.Desk{Rules: func() respond.Rules { return respond.Rules{Louder: louder} }}
	for lane, want := range map[respond.Lane]alert.Severity{
		respond.LanePossible: alert.Tell, respond.LaneLook: alert.Page, respond.LaneClear: alert.Tell, respond.LaneRoutine: "", respond.LaneSample: "",
	} {
		if got, calls := checks.Severity(desk.Loudness(lane)); got != want || calls != (want != "") {
			t.Errorf("%s: it calls %q, want %q", lane, got, want)
		}
	}
}
