package modes

import "slices"

import "strings"

// A Change is one mode that a MODE command sets, unsets or, if Query, lists.
type Change struct {
	*Mode
	Add   bool
	Query bool
	Param string
}

// A Problem is a letter that cannot be read.
type Problem struct {
	Letter rune
	Mode   *Mode // nil: there is no such mode
	Param  string
	// Missing means that the mode needs a parameter and has none.
	Missing bool
}

// Parse reads the arguments of MODE: letters, and their parameters. No more
// than max changes have a parameter, as the MODES token says; what follows is
// not read. Of several changes of the same only the last is returned.
func (t *Table) Parse(args []string, max int) (changes []Change, problems []Problem) {
	changes, problems = t.parse(args, max)
	return last(changes), problems
}

// last leaves out the changes that a later one of the same mode, and for lists and
// statuses of the same parameter, makes void.
func last(changes []Change) []Change {
	kept := changes[:0]
	for i, c := range changes {
		void := slices.ContainsFunc(changes[i+1:], func(d Change) bool {
			each := c.Kind == List || c.Kind == Status
			return d.Mode == c.Mode && d.Query == c.Query && (!each || d.Param == c.Param)
		})
		if !void {
			kept = append(kept, c)
		}
	}
	return kept
}

func (t *Table) parse(args []string, max int) (changes []Change, problems []Problem) {
	if len(args) == 0 {
		return nil, nil
	}
	letters, params := args[0], args[1:]
	add, taken := true, 0
	unknown := ""
	for _, letter := range letters {
		if letter == '+' || letter == '-' {
			add = letter == '+'
			continue
		}
		var m *Mode
		if letter < 128 {
			m = t.by[letter]
		}
		if m == nil {
			if !strings.ContainsRune(unknown, letter) {
				problems = append(problems, Problem{Letter: letter})
				unknown += string(letter)
			}
			continue
		}
		c := Change{Mode: m, Add: add}
		if m.takesParam(add) {
			switch {
			case len(params) > 0 && taken < max:
				c.Param, params = params[0], params[1:]
				taken++
			case len(params) > 0:
				return changes, problems
			case m.Kind == List:
				c.Query = true
			case m.Kind == Key && !add:
				c.Param = "*"
			case m.Default != "":
				c.Param = m.Default
			default:
				problems = append(problems, Problem{Letter: letter, Mode: m, Missing: true})
				continue
			}
		}
		if add && m.Parse != nil {
			p, ok := m.Parse(c.Param)
			if !ok {
				problems = append(problems, Problem{Letter: letter, Mode: m, Param: c.Param})
				continue
			}
			c.Param = p
		}
		changes = append(changes, c)
	}
	return changes, problems
}

// TakesParam reports whether the mode takes a parameter when it is set or unset.
func (m *Mode) takesParam(add bool) bool {
	return m.Kind == List || m.Kind == Key || m.Kind == Status || m.Kind == Param && add
}
