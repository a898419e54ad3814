package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the table of the architecture: which of our packages each of
// them may import; cmd/triage puts all of them together.
// Packages that are not in it belong to the one above them (see nests).
var mayImport = map[string][]string{
	"internal/ingest":   {},
	"internal/classify": {"internal/ingest"},
	"internal/respond":  {"internal/ingest", "internal/classify"},
	"internal/chromium": nil, // for tests
	"internal/review": {"internal/ingest", "internal/classify", "internal/respond", "internal/alert",
		"internal/audit", "internal/people", "internal/settings", "internal/vault"},
	"internal/alert":    {},
	"internal/checks":   {"internal/ingest", "internal/respond", "internal/alert", "internal/audit", "internal/settings"},
	"internal/digest":   {"internal/ingest", "internal/classify", "internal/respond", "internal/alert"},
	"internal/vault":    {},
	"internal/audit":    {},
	"internal/people":   {},
	"internal/settings": {},
	"internal/bus":      {},
	"internal/sandbox":  {},
	"internal/nudge":    {},
	"internal/store": {"internal/ingest", "internal/classify", "internal/respond", "internal/alert",
		"internal/audit", "internal/bus", "internal/digest", "internal/people", "internal/settings", "internal/vault"},
	"internal/control": {"internal/ingest", "internal/respond", "internal/audit", "internal/people", "internal/settings", "internal/store"},
}

// nests are the packages below one of the table: what they may import, and who
// may import them. Any package below internal/ingest that is not here is a
// platform.
var nests = map[string]struct{ imports, importedBy []string }{
	"deploy/wordpress":      {nil, []string{"cmd/triage"}}, // files only
	"internal/alert/roster": {nil, []string{"internal/alert", "internal/digest", "internal/store", "internal/review/oncall", "cmd/triage"}},
	"internal/alert/channel": {[]string{"internal/alert"}, []string{"internal/alert/channel/chat", "internal/alert/channel/conform", "internal/alert/channel/incident",
		"internal/alert/channel/mail", "internal/alert/channel/phone", "cmd/triage"}},
	"internal/alert/channel/chat":     {[]string{"internal/alert", "internal/alert/channel"}, []string{"cmd/triage"}},
	"internal/alert/channel/conform":  {[]string{"internal/alert", "internal/alert/channel"}, nil}, // for tests
	"internal/alert/channel/incident": {[]string{"internal/alert", "internal/alert/channel"}, []string{"cmd/triage"}},
	"internal/alert/channel/mail":     {[]string{"internal/alert", "internal/alert/channel"}, []string{"cmd/triage"}},
	"internal/alert/channel/phone":    {[]string{"internal/alert", "internal/alert/channel"}, []string{"cmd/triage"}},
	"internal/alert/hook":             {[]string{"internal/alert"}, []string{"cmd/triage"}},
	"internal/alert/mailsink":         {nil, nil}, // for tests
	"internal/alert/beat":             {nil, []string{"cmd/triage"}},
	"internal/bus/cluster":            {[]string{"internal/bus"}, nil}, // for tests
	"internal/classify/identifier":    {[]string{"internal/classify/lexicon"}, []string{"internal/classify", "internal/respond/gate"}},
	"internal/classify/learn": {[]string{"internal/classify/lexicon", "internal/classify/network"},
		[]string{"internal/classify/learn/comments", "internal/respond/gate/learn", "cmd/triage"}},
	"internal/classify/learn/comments": {[]string{"internal/classify/learn", "internal/classify/lexicon", "internal/classify/network", "internal/classify/outputs"},
		[]string{"cmd/triage"}},
	"internal/classify/lexicon": {[]string{"internal/classify/network"}, []string{"internal/classify", "internal/classify/identifier", "internal/classify/learn",
		"internal/classify/learn/comments", "internal/respond/gate", "internal/respond/gate/learn", "cmd/triage"}},
	"internal/classify/network": {nil, []string{"internal/classify", "internal/classify/learn", "internal/classify/learn/comments", "internal/classify/lexicon",
		"internal/classify/outputs", "internal/respond/gate", "internal/respond/gate/learn", "cmd/triage"}},
	"internal/classify/outputs": {[]string{"internal/classify/network"}, []string{"internal/classify", "internal/classify/learn/comments"}},
	"internal/ingest/conform":   {[]string{"internal/ingest"}, nil}, // for tests
	"internal/ingest/file":      {[]string{"internal/ingest"}, []string{"cmd/triage"}},
	"internal/ingest/facebook":  {[]string{"internal/ingest", "internal/ingest/graph"}, []string{"cmd/triage"}},
	"internal/ingest/graph":     {[]string{"internal/ingest"}, []string{"internal/ingest/facebook", "internal/ingest/instagram"}},
	"internal/ingest/instagram": {[]string{"internal/ingest", "internal/ingest/graph"}, []string{"cmd/triage"}},
	"internal/ingest/x":         {[]string{"internal/ingest", "internal/ingest/x/legacy", "internal/ingest/x/length"}, []string{"cmd/triage"}},
	"internal/ingest/x/legacy":  {[]string{"internal/ingest"}, []string{"internal/ingest/x"}},
	"internal/ingest/x/length":  {nil, []string{"internal/ingest/x", "internal/respond/draft"}},
	"internal/sandbox/board": {nil, []string{"internal/sandbox", "internal/sandbox/consent", "internal/sandbox/graph", "internal/sandbox/google",
		"internal/sandbox/wordpress", "internal/sandbox/x"}},
	"internal/sandbox/consent":   {[]string{"internal/sandbox/board"}, []string{"internal/sandbox/google", "internal/sandbox/x"}},
	"internal/sandbox/graph":     {[]string{"internal/sandbox/board"}, []string{"internal/sandbox"}},
	"internal/sandbox/google":    {[]string{"internal/sandbox/board", "internal/sandbox/consent"}, []string{"internal/sandbox"}},
	"internal/sandbox/wordpress": {[]string{"internal/sandbox/board"}, []string{"internal/sandbox"}},
	"internal/sandbox/x":         {[]string{"internal/sandbox/board", "internal/sandbox/consent"}, []string{"internal/sandbox"}},
	"internal/respond/draft":     {[]string{"internal/respond/gate", "internal/ingest/x/length"}, []string{"internal/respond"}},
	"internal/respond/desktest":  {[]string{"internal/ingest", "internal/classify", "internal/respond"}, nil}, // for tests
	"internal/respond/gate": {[]string{"internal/respond/gate/plain", "internal/classify/identifier", "internal/classify/lexicon", "internal/classify/network"},
		[]string{"internal/respond", "internal/respond/gate/learn", "internal/respond/draft", "internal/respond/outbound"}},
	"internal/respond/gate/learn": {[]string{"internal/respond/gate", "internal/classify/learn", "internal/classify/lexicon", "internal/classify/network"},
		[]string{"cmd/triage"}},
	"internal/respond/gate/plain": {nil, []string{"internal/respond/gate"}},
	"internal/review/say":         {[]string{"internal/respond"}, append([]string{"cmd/triage"}, reviewParts...)},
	"internal/review/inert":       {[]string{"internal/classify"}, []string{"internal/review/cases"}},
	"internal/review/page":        {reviewArea, reviewParts},
	"internal/review/account":     {reviewArea, []string{"internal/review"}},
	"internal/review/queue":       {append([]string{"internal/respond/board"}, reviewArea...), []string{"internal/review"}},
	"internal/review/live":        {reviewArea, []string{"internal/review"}},
	"internal/review/cases":       {append([]string{"internal/review/inert"}, reviewArea...), []string{"internal/review"}},
	"internal/review/office":      {reviewArea, []string{"internal/review"}},
	"internal/review/oncall":      {append([]string{"internal/alert/roster"}, reviewArea...), []string{"internal/review"}},
	"internal/respond/send":       {[]string{"internal/ingest", "internal/respond", "internal/respond/may"}, []string{"cmd/triage"}},
	"internal/respond/board": {[]string{"internal/ingest", "internal/respond"},
		[]string{"internal/review", "internal/review/queue", "internal/control", "cmd/triage"}},
	"internal/respond/may":      {[]string{"internal/ingest"}, []string{"internal/respond", "internal/respond/send", "internal/review/cases"}},
	"internal/respond/outbound": {[]string{"internal/ingest", "internal/respond", "internal/respond/gate"}, []string{"cmd/triage"}},
}

// What the parts of the desk may import, and who they are.
var (
	reviewArea  = append([]string{"internal/review/page", "internal/review/say"}, mayImport["internal/review"]...)
	reviewParts = []string{"internal/review", "internal/review/page", "internal/review/account", "internal/review/queue", "internal/review/cases", "internal/review/live",
		"internal/review/office", "internal/review/oncall"}
)

var platformNest = struct{ imports, importedBy []string }{[]string{"internal/ingest"}, []string{"cmd/triage"}}

// ourPackage is what this test knows of one.
type ourPackage struct {
	imports    map[string]string // import: file
	documented bool
	files      int
}

func TestWhoMayImportWhom(t *testing.T) {
	packages := ourPackages(t)
	if len(packages) < 10 {
		t.Fatalf("only %d packages were found", len(packages))
	}
	for name, p := range packages {
		if slices.Contains([]string{"util", "common", "model", "types", "helpers"}, path.Base(name)) {
			t.Errorf("%s: a package is named by what it does", name)
		}
		if p.files > 0 && !p.documented {
			t.Errorf("%s has no package comment", name)
		}
		for imported, file := range p.imports {
			if strings.Contains(imported, "nats-io/") && name != "internal/bus" && path.Dir(name) != "internal/bus" {
				t.Errorf("%s imports %s: only internal/bus knows NATS", file, imported)
			}
			if ours, ok := strings.CutPrefix(imported, "triage/"); ok && !allowed(t, name, ours) {
				t.Errorf("%s: %s may not import %s", file, name, ours)
			}
		}
	}
}

// allowed reports whether name may import ours.
func allowed(t *testing.T, name, ours string) bool {
	t.Helper()
	if _, listed := mayImport[ours]; !listed && !slices.Contains(nestOf(ours).importedBy, name) {
		return false
	}
	if name == "cmd/triage" {
		return true
	}
	if may, listed := mayImport[name]; listed {
		return slices.Contains(may, ours) || slices.Contains(nestOf(ours).importedBy, name)
	}
	if strings.HasPrefix(name, "cmd/") || path.Dir(name) == "internal" {
		t.Errorf("%s is not in the table", name)
	}
	return slices.Contains(nestOf(name).imports, ours)
}

func nestOf(name string) struct{ imports, importedBy []string } {
	if n, ok := nests[name]; ok {
		return n
	}
	if path.Dir(name) == "internal/ingest" {
		return platformNest
	}
	return struct{ imports, importedBy []string }{}
}

// ourPackages reads the imports of every file that is no test.
func ourPackages(t *testing.T) map[string]*ourPackage {
	t.Helper()
	const root = "../.."
	out := map[string]*ourPackage{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() && file != root && (base == "testdata" || strings.HasPrefix(base, ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		name := path.Dir(filepath.ToSlash(rel))
		if out[name] == nil {
			out[name] = &ourPackage{imports: map[string]string{}}
		}
		out[name].add(rel, parsed)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (p *ourPackage) add(file string, parsed *ast.File) {
	p.files++
	p.documented = p.documented || parsed.Doc != nil && len(strings.Fields(parsed.Doc.Text())) > 3
	for _, i := range parsed.Imports {
		if name, err := strconv.Unquote(i.Path.Value); err == nil {
			p.imports[name] = filepath.ToSlash(file)
		}
	}
}

func TestTheTableRefuses(t *testing.T) {
	for _, wrong := range [][2]string{
		{"internal/ingest", "internal/classify"}, {"internal/classify", "internal/respond"}, {"internal/respond", "internal/bus"},
		{"internal/review", "internal/bus"}, {"internal/alert", "internal/respond"}, {"internal/alert", "internal/alert/channel"},
		{"internal/alert/channel", "internal/alert/channel/mail"}, {"internal/alert/channel/chat", "internal/alert/channel/phone"}, {"cmd/triage", "internal/alert/channel/conform"}, {"internal/alert/roster", "internal/alert"},
		{"internal/checks", "internal/bus"}, {"internal/checks", "internal/store"}, {"internal/sandbox", "internal/ingest/facebook"},
		{"internal/respond", "internal/ingest/facebook"}, {"internal/review", "internal/respond/gate"}, {"internal/ingest/x", "internal/ingest/facebook"},
		{"internal/ingest/x", "internal/ingest/graph"}, {"cmd/triage", "internal/ingest/graph"}, {"internal/ingest/instagram", "internal/ingest/facebook"},
		{"internal/classify", "internal/classify/learn"}, {"cmd/triage", "internal/respond/gate/plain"},
		{"internal/classify/network", "internal/classify/lexicon"}, {"internal/classify/learn", "internal/classify"},
		{"internal/classify/lexicon", "internal/classify/identifier"}, {"internal/respond", "internal/classify/lexicon"}, {"internal/respond/may", "internal/respond"}, {"internal/alert", "internal/respond/may"},
		{"internal/classify/learn", "internal/classify/outputs"}, {"internal/respond/gate", "internal/classify/learn"},
		{"internal/respond/gate", "internal/classify"}, {"internal/respond/gate", "internal/classify/outputs"},
		{"internal/nudge", "internal/classify/lexicon"}, {"internal/nudge", "deploy/wordpress"}, {"internal/ingest", "internal/nudge"},
	} {
		if allowed(t, wrong[0], wrong[1]) {
			t.Errorf("%s may import %s", wrong[0], wrong[1])
		}
	}
}
