package instagram

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// truth is what Meta's own specification, beside the checkout, calls the fields
// and edges of an object.
func truth(t *testing.T, names ...string) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, name := range names {
		raw, err := os.ReadFile("../../../../shared/data/truth/meta-" + name + ".json")
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skipf("skipped 1 comparison with Meta's specification: %v", err)
		}
		var spec struct {
			Fields []struct{ Name string }
			APIs   []struct {
				Endpoint string
				Params   []struct{ Name string }
			}
		}
		if err := json.Unmarshal(raw, &spec); err != nil {
			t.Fatal(err)
		}
		for _, f := range spec.Fields {
			known[f.Name] = true
		}
		for _, a := range spec.APIs {
			known[a.Endpoint] = true
			for _, p := range a.Params {
				known[p.Name] = true
			}
		}
	}
	return known
}

// asked matches the names in a list of fields, with what is asked for of them.
var asked = regexp.MustCompile(`([a-z_]+)(?:\.[a-z]+\([a-z_0-9]+\))*(\{)?|\}`)

// Every field that is asked for is one of the object it is asked of.
func TestFieldsAreMetas(t *testing.T) {
	below := map[string]string{"comments": "IGComment", "replies": "IGComment", "user": "IGUser", "instagram_business_account": "IGUser"}
	checked := 0
	for _, c := range []struct{ of, fields string }{
		{"IGMedia", mediaFields}, {"IGMedia", sweepFields}, {"IGMedia", peekFields}, {"IGMedia", checkFields}, {"IGComment", commentFields},
		{"IGComment", replyFields}, {"Page", pageFields}, {"IGUser", selfFields},
	} {
		of := []string{c.of}
		for _, m := range asked.FindAllStringSubmatch(c.fields, -1) {
			now := of[len(of)-1]
			switch {
			case m[0] == "}":
				of = of[:len(of)-1]
				continue
			case now == "": // from{id,username} has no file of its own
				if !slices.Contains([]string{"id", "username"}, m[1]) {
					t.Errorf("%q is asked for of an object that is not specified", m[1])
				}
			case !truth(t, now)[m[1]]:
				t.Errorf("%s has no %q", now, m[1])
			}
			checked++
			if m[2] != "" {
				of = append(of, below[m[1]])
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d names were checked", checked)
	}
}

// Every member that is read and every parameter that is sent by its name is one
// of Meta's.
func TestMembersAreMetas(t *testing.T) {
	known := truth(t, "Page", "IGMedia", "IGComment", "IGUser")
	// With Instagram's own login, me has fields of its own that no file tells of.
	known["user_id"], known["account_type"] = true, true
	names := membersRead(t)
	for _, name := range names {
		if !known[name] {
			t.Errorf("Meta has no %q", name)
		}
	}
	if len(names) < 10 {
		t.Errorf("only %d members are read: %v", len(names), names)
	}
}

// membersRead are the names that this package gives to graph.Object's readers,
// and the parameters of its calls but for those of every call.
func membersRead(t *testing.T) (names []string) {
	t.Helper()
	files, _ := filepath.Glob("*.go")
	readers := []string{"Text", "Flag", "Number", "Time", "Object", "List", "Has"}
	for _, file := range files {
		if ok, _ := filepath.Match("*_test.go", file); ok {
			continue
		}
		parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if pair, ok := n.(*ast.KeyValueExpr); ok {
				if name, isText := pair.Key.(*ast.BasicLit); isText && !slices.Contains([]string{`"fields"`, `"limit"`, `"comment_id"`, `"text"`}, name.Value) {
					unquoted, _ := strconv.Unquote(name.Value)
					names = append(names, unquoted)
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			f, isMethod := call.Fun.(*ast.SelectorExpr)
			name, isText := call.Args[0].(*ast.BasicLit)
			if isMethod && isText && slices.Contains(readers, f.Sel.Name) {
				unquoted, _ := strconv.Unquote(name.Value)
				names = append(names, unquoted)
			}
			return true
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}
