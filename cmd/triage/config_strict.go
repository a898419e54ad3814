package main

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// decodeStrict reads TOML into c and refuses what c has no place for. Every
// fault is told with its line and what to do.
func decodeStrict(path string, raw []byte, c *config) error {
	d := toml.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(c)
	var strict *toml.StrictMissingError
	var wrong *toml.DecodeError
	var unit *unitError
	switch {
	case errors.As(err, &strict):
		var errs []error
		for _, e := range strict.Errors {
			line, _ := e.Position()
			errs = append(errs, fmt.Errorf("%s:%d: %s", path, line, unknownKey(e.Key())))
		}
		return errors.Join(errs...)
	case errors.As(err, &wrong):
		line, _ := wrong.Position()
		return fmt.Errorf("%s:%d: %s", path, line, wrongTOML(wrong))
	case errors.As(err, &unit): // a bare number: the library does not say where
		key, line := locateValue(raw, unit.value)
		return fmt.Errorf("%s:%d: %s: %w", path, line, key, unit)
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// unknownKey says which keys there are where an unknown one stands.
func unknownKey(key toml.Key) string {
	known := keysOf(reflect.TypeFor[config]())
	for _, part := range key[:len(key)-1] {
		next, ok := known[part]
		if !ok {
			break
		}
		for next.Kind() == reflect.Slice || next.Kind() == reflect.Map {
			next = next.Elem()
		}
		known = keysOf(next)
	}
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return fmt.Sprintf("unknown key %q: correct it or take it out; here may stand: %s", strings.Join(key, "."), strings.Join(names, ", "))
}

// keysOf lists the keys of a section and the types of their values.
func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	if t.Kind() != reflect.Struct {
		return keys
	}
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("toml"); name != "" && name != "-" {
			keys[name] = f.Type
		}
	}
	return keys
}

// positions are the lines on which keys stand, such as "facebook[0].token".
type positions map[string]int

// locate finds the lines of all keys of a file that was read without error.
func locate(raw []byte) positions {
	at := positions{}
	walk(raw, func(key string, line int, _ *unstable.Node) { at[key] = line })
	return at
}

// locateValue finds the first key with this value.
func locateValue(raw []byte, value string) (key string, line int) {
	walk(raw, func(k string, n int, v *unstable.Node) {
		if key == "" && v != nil && string(v.Data) == value {
			key, line = k, n
		}
	})
	return key, line
}

// walk visits every section and key of a file; a section has no value.
func walk(raw []byte, visit func(key string, line int, value *unstable.Node)) {
	var p unstable.Parser
	p.Reset(raw)
	table, counts := "", map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		name, line := keyOf(&p, e)
		switch e.Kind {
		case unstable.ArrayTable:
			table = fmt.Sprintf("%s[%d].", name, counts[name])
			counts[name]++
			visit(strings.TrimSuffix(table, "."), line, nil)
		case unstable.Table:
			table = name + "."
			visit(name, line, nil)
		case unstable.KeyValue:
			visit(table+name, line, e.Value())
		}
	}
}

func keyOf(p *unstable.Parser, e *unstable.Node) (string, int) {
	var parts []string
	line := 0
	for it := e.Key(); it.Next(); {
		n := it.Node()
		parts = append(parts, string(n.Data))
		if line == 0 {
			line = p.Shape(n.Raw).Start.Line
		}
	}
	return strings.Join(parts, "."), line
}

// line is where a key stands, or else its section, or else the first line.
func (p positions) line(key string) int {
	for {
		if n, ok := p[key]; ok {
			return n
		}
		dot := strings.LastIndexByte(key, '.')
		if dot < 0 {
			return 1
		}
		key = key[:dot]
	}
}
