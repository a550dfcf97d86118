// Command race runs commands in turns and says what each took.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A line of what is to be raced: commands that do the same, run in turns.
type job struct {
	ID       string     `json:"id"`
	Commands [][]string `json:"commands"`
	Rounds   int        `json:"rounds"`
	Warmup   int        `json:"warmup"`
	Env      []string   `json:"env"`
	Homes    []string   `json:"homes"`
	Dir      string     `json:"dir"`
}

// What one command took: milliseconds of each round, the largest resident set in KiB, the exit codes that came. What
// the first run took, which may have to fill caches, is apart from it.
type lap struct {
	Wall        []float64 `json:"wall"`
	User        []float64 `json:"user"`
	Memory      int64     `json:"memory"`
	FirstWall   float64   `json:"firstWall"`
	FirstMemory int64     `json:"firstMemory"`
	Exits       []int     `json:"exits"`
}

type result struct {
	ID   string `json:"id"`
	Laps []lap  `json:"laps"`
}

// race reads jobs as JSON lines and answers each with a line. Alternation makes a slow minute slow for all; the program
// is small and imports little: Linux counts the memory of who starts a process to that process.
func race(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var one job
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return fmt.Errorf("reading a job: %w", err)
		}
		answer, err := run(one)
		if err != nil {
			return fmt.Errorf("%s: %w", one.ID, err)
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", text)
	}
	return lines.Err()
}

func run(one job) (result, error) {
	laps := make([]lap, len(one.Commands))
	for round := -one.Warmup; round < one.Rounds; round++ {
		for i := range one.Commands {
			// Each is first as often as the others.
			at := (i + round + one.Warmup) % len(one.Commands)
			wall, usage, exit, err := start(one, at)
			if err != nil {
				return result{}, err
			}
			to := &laps[at]
			if len(to.Exits) == 0 || to.Exits[len(to.Exits)-1] != exit {
				to.Exits = append(to.Exits, exit)
			}
			if round == -one.Warmup {
				to.FirstWall, to.FirstMemory = wall, usage.Maxrss
			}
			if round < 0 {
				continue
			}
			to.Memory = max(to.Memory, usage.Maxrss)
			to.Wall = append(to.Wall, wall)
			cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
			to.User = append(to.User, float64(cpu.Microseconds())/1000)
		}
	}
	return result{one.ID, laps}, nil
}

// start runs a command in its own home, so that it finds nothing that another has left.
func start(one job, at int) (float64, *syscall.Rusage, int, error) {
	args := one.Commands[at]
	command := exec.Command(args[0], args[1:]...)
	command.Env = append(append(os.Environ(), one.Env...), "HOME="+one.Homes[at])
	command.Dir = one.Dir
	begin := time.Now()
	if err := command.Start(); err != nil {
		return 0, nil, 0, err
	}
	_ = command.Wait()
	wall := float64(time.Since(begin).Microseconds()) / 1000
	state := command.ProcessState
	return wall, state.SysUsage().(*syscall.Rusage), state.ExitCode(), nil
}

func main() {
	if err := race(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
