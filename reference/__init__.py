"""What is known, dated and sourced: codes and maps, clocks, emergency numbers, daily facts."""
