package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// watch looks four times a second at how much memory a process and its children take, until done: the most of each, in
// MiB. What processes share is counted in parts.
func watch(pid int, done <-chan struct{}) (own, children int) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return own, children
		case <-ticker.C:
			below := 0
			for _, child := range family(pid) {
				below += memory(child)
			}
			own, children = max(own, memory(pid)>>10), max(children, below>>10)
		}
	}
}

// family are the processes below one.
func family(pid int) []int {
	parents := map[int][]int{}
	entries, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		data, err := os.ReadFile(entry)
		if err != nil {
			continue // it has ended
		}
		line := string(data)
		fields := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(entry)))
		if err != nil || len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			parents[parent] = append(parents[parent], child)
		}
	}
	var list []int
	for queue := parents[pid]; len(queue) > 0; queue = queue[1:] {
		list = append(list, queue[0])
		queue = append(queue, parents[queue[0]]...)
	}
	return list
}

// memory is the proportional share of a process, in KiB.
func memory(pid int) int {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			if kib, err := strconv.Atoi(strings.Fields(rest)[0]); err == nil {
				return kib
			}
		}
	}
	return 0
}
