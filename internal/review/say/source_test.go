package say

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// spokenIn is the source in which sentences for the desk stand, in which errors are
// made that the desk shows, and the files beside it that only have words for the
// machine.
var (
	spokenIn = []string{"internal/respond", "internal/respond/may", "internal/respond/send", "internal/respond/outbound",
		"internal/respond/gate/gate.go", "internal/respond/gate/rules.go", "internal/classify/reason.go", "internal/classify/identifier/identifier.go",
		"internal/ingest", "internal/ingest/graph", "internal/ingest/facebook", "internal/ingest/instagram", "internal/ingest/x", "internal/ingest/wordpress",
		"internal/ingest/google", "internal/ingest/file", "internal/ingest/oauth", "internal/checks", "internal/alert/look.go", "internal/alert/duty.go", "internal/alert/send.go", "internal/audit/trouble.go", "internal/alert/channel", "internal/alert/channel/chat", "internal/alert/channel/incident", "internal/alert/channel/mail", "internal/alert/channel/phone", "internal/people", "internal/settings", "cmd/triage/settings.go", "cmd/triage/config_live.go"}
	errorsShown = []string{"internal/people", "internal/audit/trouble.go", "internal/settings", "cmd/triage/config_live.go"}
	machines    = []string{"check.go", "html.go", "provider.go"}
)

// sentence is one of the source's, with %s where something is put in. finished: it is
// put into the language by Whole, or who says it is not seen.
type sentence struct {
	where, text string
	finished    bool
}

// stageSentences reads the source: literals of three words and more, those put together
// with + as one; not what goes to logs or into errors, nor findings of an account check
// and the texts of commands, which are no part of the desk.
func stageSentences(t *testing.T) []sentence {
	t.Helper()
	var out []sentence
	for _, in := range spokenIn {
		files := []string{"../../../" + in}
		if !strings.HasSuffix(in, ".go") {
			files, _ = filepath.Glob(files[0] + "/*.go")
		}
		if len(files) == 0 {
			t.Fatalf("%s: no source", in)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || contains(machines, filepath.Base(file)) {
				continue
			}
			places := token.NewFileSet()
			tree, err := parser.ParseFile(places, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			errors, wrapped := contains(errorsShown, in), strings.HasPrefix(in, "cmd/")
			ast.Inspect(tree, func(n ast.Node) bool {
				if silent(n, errors, wrapped) {
					return false
				}
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				s, literal := flat(e)
				if !literal {
					return true
				}
				s = numbered.ReplaceAllString(placeholders.Replace(strings.TrimSpace(s)), "%")
				if strings.Count(s, " ") >= 2 {
					out = append(out, sentence{fmt.Sprintf("%s:%d", strings.TrimPrefix(file, "../../../"), places.Position(n.Pos()).Line), s, true})
				}
				return false
			})
		}
	}
	return out
}

// numbered says which argument is put in; the sentences name them in their order.
var numbered = regexp.MustCompile(`%\[\d\]`)

var placeholders = strings.NewReplacer("{platform}", "%s", "{account}", "%s")

// silent reports whether nothing below a node is for the desk.
func silent(n ast.Node, errors, wrapped bool) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return true
	case *ast.Field:
		return n.Tag != nil
	case *ast.FuncDecl: // those of commands and of an account check
		return strings.HasPrefix(n.Name.Name, "settings") || contains([]string{"mend", "lacks", "whence", "proposedNow", "byTwo"}, n.Name.Name) ||
			n.Name.Name == "Check" && n.Type.Params.List[0].Names[0].Name == "ctx"
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		switch fmt.Sprint(f.X, ".", f.Sel) {
		case "regexp.MustCompile", "tabwriter.NewWriter", "fmt.Fprintf":
			return true
		case "errors.New":
			return !errors
		case "fmt.Errorf":
			return !wrapped
		}
		switch f.Sel.Name {
		case "Warn", "Info", "Error", "Debug":
			return true
		}
	}
	return false
}

// flat is an expression of literals as one; literal: there is one in it.
func flat(e ast.Expr) (s string, literal bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); e.Kind == token.STRING && err == nil {
			return s, true
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			a, inA := flat(e.X)
			b, inB := flat(e.Y)
			return a + b, inA || inB
		}
	case *ast.ParenExpr:
		return flat(e.X)
	}
	return "%s", false
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// notSaid are those that no reader of the desk sees, or that other tests make whole.
var notSaid = set(
	"This was done already, or may have been. One %s per comment, for ever.", ", of oneself", ", of a relative", ", of another person",
	"%d d %d h", "%d h %d min", // the same in Spanish
	"inspect the audit", "triage seed %s", "set up an app: the address cannot be read", "Mac OS X", "(Translated by Google)", "Review with %s of 5 stars",
	"comments are not being checked:",                                                                                                                                                                             // and why
	"Triage is watching. This alert always fires: call somebody when it ends.", "Open the desk", "Answer 1 if you are on it.", "Sign in there and say that you are on it.", "To say that you are on it, press 1.", // to receivers
	"Please open the desk, and say there that you are on it. Goodbye.", "does not support STARTTLS", "SMTP AUTH failed", "url: it is missing: copy the check's ping address",
	"open own reply", "[content of %d bytes]", "%s (code %s)", "%s (HTTP %d)", "posts by visitors", "200 without a reply",
	"not been mentioned or otherwise engaged", "reply to this conversation is not allowed", "permission to dm", "this operation is not permitted", // X says so
)

func set(list ...string) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		out[s] = true
	}
	return out
}
